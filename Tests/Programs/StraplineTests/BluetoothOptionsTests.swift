import ArgumentParser
import BlueZ
import Console
import StrapFixtures
import Testing

@testable import strapline

@Suite struct BluetoothOptionsTests {
    @Test(arguments: [
        (PairingError.machine(.busAccessDenied("Rejected send message")), ExitCode.notPermitted),
        (.machine(.bluetoothdMissing), .unavailable), (.unknown(.name("Leg")), .unavailable),
        (.ambiguous([]), .validationFailure), (.stopped, .failure),
    ])
    func exitCode_ofAnError_saysWhatKindItIs(error: PairingError, code: ExitCode) {
        #expect(error.exitCode == code)
    }

    @Test func selector_ofAnArgument_isAnAddressWhereItIsOne() throws {
        #expect(StrapSelector(argument: "c4-11-22-33-44-55") == .address(try Device.address("C4:11:22:33:44:55")))
        #expect(StrapSelector(argument: "Polar H10") == .name("Polar H10"))
    }

    @Test func denied_toAnOrdinaryUser_namesTheGroup() {
        #expect("\(PairingError.machine(.busAccessDenied("no")))".contains("add the user to the group bluetooth"))
    }
}
