/// A time of a session beside its deadline, which every packet puts off.
enum SessionTimer: Sendable, Hashable, CaseIterable {
    /// How long a candidate has to send a heart rate, and after that how long until others are tried again.
    case trial
    /// ``CacheRenewal/pause``
    case cache
    /// How long the device with a private address is looked for before any other is taken.
    case identity
}
