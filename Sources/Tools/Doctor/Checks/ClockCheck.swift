/// The wall clock: services know a reading by its time.
enum ClockCheck {
    /// `wait` is how long uploads wait for the clock; nil without a configuration.
    static func finding(isTrusted: Bool, wait: Duration?) -> Finding {
        if isTrusted { return Finding(.clock, .ok, "The system clock can be believed.") }
        let wait = wait.map { "\($0.components.seconds) s" } ?? "a while"
        return Finding(
            .clock, .warning,
            "The system clock is not synchronised. Uploads start when it is, or after \(wait). Earlier readings are "
                + "corrected.",
            remedy: "sudo timedatectl set-ntp true; timedatectl timesync-status shows more")
    }
}
