import BlueZ
import Outbox
import Timing
import WebClient

/// Gathers the facts, all at the same time and each for a bounded time, and has them judged.
struct Examination: Sendable {
    var machine = MachineProbe()
    var surveyor = BluetoothSurveyor()
    var time: any TimeSource = KernelTime()
    var client = WebClient()
    var clock: any Clock<Duration> = ContinuousClock()

    /// Without a plan the machine alone is examined.
    func findings(_ plan: UploadPlan?) async -> [Finding] {
        async let facts = machine.facts()
        async let survey = survey(lookingFor: plan?.straps ?? [])
        async let destinations = DestinationProbe(client: client, clock: clock).facts(about: plan?.targets ?? [])
        let outbox: OutboxFacts? =
            if let plan { await OutboxProbe(clock: clock).facts(about: plan.outboxPath) } else { nil }

        var findings = bluetooth(await survey, await facts, configured: Set(plan?.straps.compactMap(\.adapter) ?? []))
        findings.append(ClockCheck.finding(isTrusted: time.isWallClockTrusted(), wait: plan?.outboxOptions.clockWait))
        findings += await destinations.flatMap(DestinationCheck.findings)
        findings += plan?.encryptionWarnings.map { Finding(.service, .warning, $0) } ?? []
        return findings + (outbox.map(OutboxCheck.findings) ?? [])
    }

    private func survey(lookingFor straps: [StrapConfiguration]) async -> Result<BluetoothSurvey, BluetoothSurveyError>
    {
        do {
            return .success(try await surveyor.survey(lookingFor: straps))
        } catch {
            return .failure(error)
        }
    }

    private func bluetooth(
        _ survey: Result<BluetoothSurvey, BluetoothSurveyError>, _ facts: MachineFacts,
        configured: Set<BluetoothAddress>
    ) -> [Finding] {
        var findings = BluetoothdCheck.findings(survey, facts.bluetoothd)
        var hasUsableAdapter = false
        var straps: [Finding] = []
        if case .success(let survey) = survey {
            let adapters = AdapterCheck(survey: survey, machine: facts, configured: configured)
            hasUsableAdapter = adapters.hasUsableAdapter
            findings += adapters.findings
            straps = StrapCheck.findings(survey)
        }
        return findings + RadioCheck(machine: facts, hasUsableAdapter: hasUsableAdapter).findings + straps
    }
}
