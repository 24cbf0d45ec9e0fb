import Glibc

/// Keeps the memory of a program, which holds tokens, out of core dumps.
public enum CoreDumps {
    /// Ends them for this process and for those that it starts.
    ///
    /// The limit is for the kernel, which does not heed it where it hands dumps to a program (systemd-coredump, apport); the
    /// filter leaves all memory out of those. Not `PR_SET_DUMPABLE`: it gives /proc/PID to root, and the user who runs the
    /// program could no longer look at its memory, files and threads. See core(5).
    public static func disable() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        let filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        guard filter >= 0 else { return }
        _ = write(filter, "0", 1)
        close(filter)
    }
}
