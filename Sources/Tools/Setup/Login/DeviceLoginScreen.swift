import Console
import Glibc
package import PulsoidAPI
import QRCodes
import TextFormats

/// Shows the address and the code to confirm.
package enum DeviceLoginScreen {
    package static func show(_ authorization: DeviceAuthorization) async {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        for line in lines(authorization, columns: isTerminal ? columns : nil) { StandardStream.output.print(line) }
    }

    /// `columns` is the width of the terminal; nil without a terminal, where no QR code is drawn.
    package static func lines(_ authorization: DeviceAuthorization, columns: Int?) -> [String] {
        let complete = authorization.verificationURIComplete ?? authorization.verificationURI
        var lines: [String] = []
        if let columns, let code = QRCode(complete), code.columns <= columns {
            lines += ["Scan this with your phone:", ""] + code.lines + [""]
        }
        lines.append("Open \(authorization.verificationURI.printable())")
        lines.append("and enter the code: \(authorization.userCode.printable())")
        let minutes = max(authorization.expiresInSeconds / 60, 1)
        lines.append("Waiting for up to \(minutes) minute\(minutes == 1 ? "" : "s"); Ctrl-C stops.")
        return lines
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
