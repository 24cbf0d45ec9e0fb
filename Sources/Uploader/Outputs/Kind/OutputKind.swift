package import Destinations
package import EventThread
package import Logging
package import Timing
package import WebClient

/// A kind of output, as the configuration, the plan, the doctor and the setup see it.
///
/// To add a kind, add a folder beside this one with a type that conforms to this protocol, and one line to
/// ``OutputKinds``. The rest of the program knows outputs through this protocol only.
package protocol OutputKind: Sendable {
    /// The value of `kind:`, and the default name of an output.
    var name: String { get }
    /// The name of the kind for people: `Text file`.
    var title: String { get }
    /// The keys of an output that this kind has beside `kind`, `name` and `strap`. `setup` asks for those with a
    /// prompt.
    var options: [DestinationOption] { get }

    /// What the output does, in a few words: `the digits in /run/strapline/heart-rate.txt`.
    func summary(of settings: OutputSettings) -> String

    /// The first mistake that the options themselves cannot find. `showsSeveral` says that the output has several
    /// straps.
    func furtherMistake(in values: OptionValues, showsSeveral: Bool) -> OptionMistake?

    /// The places that an output of these straps writes, in words: a file, or a parameter of a receiver. Two outputs,
    /// or two straps, cannot share one.
    func places(of values: OptionValues, straps: [String]) -> [String]

    /// Problems that this machine can see before the start: files that cannot be read or written, secrets that others
    /// can read. A sentence each, with the fix.
    func problems(with settings: OutputSettings) -> [String]

    /// It works, but deserves a look: heart rates that travel without encryption.
    func warnings(about settings: OutputSettings) -> [String]

    /// - Throws: an error whose description is a sentence with the fix.
    func output(_ settings: OutputSettings, _ context: OutputContext) throws -> any Output

    /// Examines whether the output can work, for the doctor, in a few seconds and without showing a heart rate.
    func probe(_ settings: OutputSettings, _ context: OutputContext) async -> OutputProbeAnswer
}

extension OutputKind {
    package func furtherMistake(in values: OptionValues, showsSeveral: Bool) -> OptionMistake? { nil }

    package func places(of values: OptionValues, straps: [String]) -> [String] { [] }

    package func problems(with settings: OutputSettings) -> [String] { [] }

    package func warnings(about settings: OutputSettings) -> [String] { [] }

    /// Every mistake in the values of an output, in the order of the options.
    package func mistakes(in values: OptionValues, showsSeveral: Bool) -> [OptionMistake] {
        options.mistakes(in: values, of: title) { furtherMistake(in: $0, showsSeveral: showsSeveral) }
    }

    package func firstMistake(in values: OptionValues, showsSeveral: Bool) -> OptionMistake? {
        mistakes(in: values, showsSeveral: showsSeveral).first
    }
}

/// Shows the present of straps somewhere.
package protocol Output: Sendable {
    /// Takes updates from the feed until it returns nil, and shows them.
    ///
    /// It runs on the event thread and must not block it. After the last update it has ``OutputSupervisor/stopLimit``
    /// until its task is cancelled. If it throws, the error becomes the reason of its state, and it runs again after a
    /// pause. The error's description is a sentence with the next step, and without secrets.
    func run(_ feed: OutputFeed) async throws
}

/// What all outputs of a program use.
package struct OutputContext: Sendable {
    package let network: NetworkSettings
    /// Of the clients of outputs over HTTP; nil for the usual ones of each.
    package let webLimits: WebClientLimits?
    /// Runs the outputs. Nothing may block it.
    package let thread: EventThread
    package let clock: any Clock<Duration>
    package let time: any TimeSource
    package let logger: Logger
    /// The version of the program.
    package let version: String

    package init(
        network: NetworkSettings = NetworkSettings(), webLimits: WebClientLimits? = nil,
        thread: EventThread = .shared, clock: any Clock<Duration> = ContinuousClock(),
        time: any TimeSource = KernelTime(), logger: Logger, version: String = ""
    ) {
        self.network = network
        self.webLimits = webLimits
        self.thread = thread
        self.clock = clock
        self.time = time
        self.logger = logger
        self.version = version
    }
}

/// The answer to ``OutputKind/probe(_:_:)``. The sentences name no output: the doctor adds its name.
package enum OutputProbeAnswer: Sendable, Equatable {
    /// `http://127.0.0.1:1880 answers`
    case works(String)
    /// It may work. `remedy` is the step that makes it certain.
    case uncertain(String, remedy: String?)
    case broken(String, remedy: String?)
}
