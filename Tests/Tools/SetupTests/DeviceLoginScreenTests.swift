import PulsoidAPI
import Testing

@testable import Setup

@Suite struct DeviceLoginScreenTests {
    @Test func screen_drawsNoCodeWhereItDoesNotFit() {
        let authorization = DeviceAuthorization(
            deviceCode: "secret-device", userCode: "ABCD-EFGH", verificationURI: "https://pulsoid.net/device",
            verificationURIComplete: "https://pulsoid.net/device?code=ABCD-EFGH", expiresInSeconds: 600)
        let wide = DeviceLoginScreen.lines(authorization, columns: 80, isColoured: true)
        let narrow = DeviceLoginScreen.lines(authorization, columns: 20, isColoured: true)
        let piped = DeviceLoginScreen.lines(authorization, columns: nil, isColoured: true)
        #expect(wide.count > 15)
        #expect(narrow == piped)
        #expect(
            piped == [
                "Open https://pulsoid.net/device", "and enter the code: ABCD-EFGH",
                "Waiting for up to 10 minutes; Ctrl-C stops.",
            ])
        #expect(!wide.joined().contains("secret-device"))
    }
}
