import Glibc

/// Lines for whoever watches the demo, at once, also through a pipe.
enum Terminal {
    static func print(_ line: String) {
        Swift.print(line)
        fflush(nil)
    }
}
