import Console
package import PulsoidAPI
import QRCodes
import TextFormats

/// Shows the address and the code to confirm.
package enum DeviceLoginScreen {
    package static func show(_ authorization: DeviceAuthorization) async {
        let stream = StandardStream.output
        let lines = lines(
            authorization, columns: stream.isTerminal ? stream.columns ?? 80 : nil, isColoured: stream.showsColours)
        // The code has its colours, and foreign text is clean already.
        for line in lines { stream.write(line + "\n") }
    }

    /// `columns` is the width of the terminal; nil without a terminal, where no QR code is drawn.
    package static func lines(
        _ authorization: DeviceAuthorization, columns: Int?, isColoured: Bool = true
    ) -> [String] {
        let complete = authorization.verificationURIComplete ?? authorization.verificationURI
        var lines: [String] = []
        if let columns, let code = QRCode(complete), code.columns <= columns {
            lines += ["Scan this with your phone:", ""] + code.lines(isColoured: isColoured) + [""]
        }
        lines.append("Open \(authorization.verificationURI.printable())")
        lines.append("and enter the code: \(authorization.userCode.printable())")
        let minutes = max(authorization.expiresInSeconds / 60, 1)
        lines.append("Waiting for up to \(minutes) minute\(minutes == 1 ? "" : "s"); Ctrl-C stops.")
        return lines
    }
}
