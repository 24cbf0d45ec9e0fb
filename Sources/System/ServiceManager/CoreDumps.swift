import Glibc

/// Keeps the memory of a program, which holds tokens, out of core dumps.
package enum CoreDumps {
    /// Disables core dumps for this process and its children.
    ///
    /// The kernel ignores the limit when it pipes dumps to a program (systemd-coredump, apport). The filter leaves all
    /// memory out of those dumps. `PR_SET_DUMPABLE` would give /proc/PID to root, so that the user who runs the program
    /// could not read its memory use, files and threads. See core(5).
    package static func disable() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        let filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        guard filter >= 0 else { return }
        _ = write(filter, "0", 1)
        close(filter)
    }
}
