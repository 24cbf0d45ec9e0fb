import ArgumentParser
import Console
import Files
import Glibc
import HRV
import Outbox
import Sessions
import Timing

struct HRVCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hrv", abstract: "Measure heart rate variability with a strap, or compute it from RR intervals.",
        discussion: """
              strapline hrv --for 3m
              strapline hrv --for 3m --send intervals.icu
              strapline hrv history
              strapline session export --format rr | strapline hrv -

            Without a subcommand it measures: strapline hrv measure --help shows the options.
            """,
        subcommands: [HRVMeasureCommand.self, HRVHistoryCommand.self], defaultSubcommand: HRVMeasureCommand.self)
}

struct HRVMeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Measure with a strap, or compute from RR intervals.",
        discussion: """
            Without FILE it measures with the strap of a running uploader. Sit or lie still. FILE has one RR interval \
            per line, in ms or s, and an empty line where beats are missing; - is stdin.

            Artefacts are removed first: intervals that differ from the one before by more than 25 % up to 85 bpm, \
            or 5 % from 90 bpm on. RMSSD and pNN50 use differences between neighbours only. SDNN divides by N-1, \
            pNN50 by the number of differences. DFA-α1 uses boxes of 4 to 16 beats. It is no medical device.
            """)

    @OptionGroup var location: OutboxLocation
    @Option(help: ArgumentHelp("The strap, if several are worn.", valueName: "name")) var strap: String?
    @Option(name: .customLong("for"), help: ArgumentHelp("How long to measure, such as 90s or 3m.", valueName: "time"))
    var duration = TimeSpan.seconds(180)
    @OptionGroup var sending: WellnessOptions
    @Flag(help: "Do not keep the measurement in the history.") var noHistory = false
    @Flag(help: "Do not remove artefacts.") var keepArtefacts = false
    @Flag(help: "Print one JSON document, for FILE with more forms of pNN50 and DFA-α1.") var json = false
    @Argument(help: "RR intervals, or - for stdin.", completion: .file()) var file: String?

    func validate() throws {
        if keepArtefacts, file == nil { throw ValidationError("--keep-artefacts needs FILE.") }
        if sending.destination != nil, file != nil { throw ValidationError("--send is of no use with FILE.") }
    }

    func run() async throws {
        if let file { return try compute(try RRText.read(try text(of: file))) }
        // Before minutes are spent.
        let target = try sending.target(location.configuration, strap: strap)
        let strap = strap ?? target?.strap
        let outbox = try OutboxReader(path: try await location.path())
        let progress = ProgressLine()
        defer { progress.end() }
        let measurement = try await HRVMeasuringService(outbox, strap: strap).measure(for: duration.duration) {
            measurement in
            progress.show(Self.progress(of: measurement))
        }
        progress.end()
        show(measurement)
        guard measurement.summary.rmssd != nil else { throw ExitCode.dataError }
        let record = HRVRecord(measurement, atMilliseconds: KernelTime().now().wallMilliseconds)
        let kept = Result { if !noHistory { try HRVHistory().append(record) } }
        // A disk that cannot be written is no reason to lose the minutes.
        if let target { try await sending.send(record, target.upload) }
        try kept.get()
    }

    private static func progress(of measurement: HRVMeasurement) -> String {
        guard measurement.strap != nil else { return "waiting for a heart rate" }
        return "\(SessionText.length(measurement.elapsedMilliseconds)) of "
            + "\(SessionText.length(measurement.durationMilliseconds)), \(measurement.summary.beats) beats"
    }

    private func show(_ measurement: HRVMeasurement) {
        if json, let line = try? HRVReport(measurement).jsonLine() {
            StandardStream.output.print(line)
        } else {
            if let strap = measurement.strap, let rate = measurement.averageRate {
                StandardStream.output.print(
                    "\(strap): \(rate) bpm on average in \(SessionText.length(measurement.elapsedMilliseconds + 1000))")
            }
            let lines = HRVText.lines(of: measurement.summary) + [measurement.unitWarning].compactMap(\.self)
            for line in lines { StandardStream.output.print(line) }
            if measurement.summary.hasIntervals { StandardStream.output.print(measurement.advice) }
        }
    }

    private func compute(_ rr: RRStretches) throws {
        let summary = keepArtefacts ? HRVSummary(rr, filter: ArtefactFilter(.off)) : HRVSummary(rr)
        if json {
            let clean = keepArtefacts ? rr : ArtefactFilter().filter(rr).accepted
            return StandardStream.output.print(try RRFileReport(clean, summary).jsonLine())
        }
        for line in HRVText.lines(of: summary) { StandardStream.output.print(line) }
        guard summary.rmssd != nil else { throw ExitCode.dataError }
    }

    private func text(of file: String) throws -> String {
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        defer { if file != "-" { close(descriptor) } }
        var (bytes, code): ([UInt8], Int32) = ([], descriptor < 0 ? errno : 0)
        do throws(DescriptorIO.Failure) {
            while code == 0 {
                let more = try DescriptorIO.read(from: descriptor, limit: 64 * 1024)
                if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
                bytes += more
            }
        } catch {
            code = error.code
        }
        throw CommandError(
            "\(file == "-" ? "stdin" : file) cannot be read: \(String(cString: strerror(code)))", .noInput)
    }
}
