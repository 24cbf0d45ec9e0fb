import ArgumentParser

/// What `strapline setup` does, in this order; each by itself where it is named.
enum SetupStep: String, CaseIterable, ExpressibleByArgument {
    /// Looks at the machine.
    case doctor
    /// Finds a strap, asks where its readings go, and writes both into the configuration.
    case pair
    /// Replaces the token of a destination that is in the configuration.
    case login
    /// Lets systemd start the uploader, now and at each boot.
    case service
    /// Waits for the first readings.
    case watch

    /// Without a word of which: `login` is part of `pair`.
    static let usual: [SetupStep] = [.doctor, .pair, .service, .watch]
    /// The same for a script: what waits for somebody who wears a strap is for people.
    static let unattended: [SetupStep] = [.pair, .service]
}
