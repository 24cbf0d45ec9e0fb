import Glibc

extension StandardStream {
    /// How wide lines may be: `COLUMNS`, else the width of the terminal; nil where nothing limits them.
    package var columns: Int? {
        if let text = getenv("COLUMNS").map({ String(cString: $0) }), let columns = Int(text), columns >= 20 {
            return columns
        }
        var size = winsize()
        guard isatty(rawValue) == 1, ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
