package import BlueZ
import Outbox
package import Timing
package import UploaderConfiguration
package import WebClient

/// Gathers the facts, all at the same time and each for a bounded time, and has them judged.
package struct DiagnosticRun: Sendable {
    package var machine = MachineProbe()
    var surveyor = BluetoothSurveyor()
    package var time: any TimeSource = KernelTime()
    package var client = WebClient()
    var clock: any Clock<Duration> = ContinuousClock()

    package init(
        machine: MachineProbe = MachineProbe(), surveyor: BluetoothSurveyor = BluetoothSurveyor(),
        time: any TimeSource = KernelTime(), client: WebClient = WebClient(),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.machine = machine
        self.surveyor = surveyor
        self.time = time
        self.client = client
        self.clock = clock
    }

    /// Without a plan the machine alone is examined.
    package func findings(_ plan: UploadPlan?) async -> [Finding] {
        async let facts = machine.facts()
        async let survey = survey(lookingFor: plan?.straps ?? [])
        async let destinations = DestinationProbe(client: client, clock: clock).facts(about: plan?.targets ?? [])
        async let outputs = outputFindings(plan)
        async let sessions = sessionFindings(plan)
        let outbox: OutboxFacts? =
            if let plan { await OutboxProbe(clock: clock).facts(about: plan.outboxPath) } else { nil }

        var findings = bluetooth(await survey, await facts, configured: Set(plan?.straps.compactMap(\.adapter) ?? []))
        findings.append(ClockCheck.finding(isTrusted: time.isWallClockTrusted(), wait: plan?.outboxOptions.clockWait))
        findings += await destinations.flatMap(DestinationCheck.findings)
        findings += plan?.encryptionWarnings.map { Finding(.service, .warning, $0) } ?? []
        findings += await outputs
        findings += await sessions
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

    private func outputFindings(_ plan: UploadPlan?) async -> [Finding] {
        guard let plan, !plan.outputs.isEmpty else { return [] }
        return await OutputProbe(clock: clock).facts(about: plan).flatMap(OutputCheck.findings)
    }

    private func sessionFindings(_ plan: UploadPlan?) async -> [Finding] {
        guard let plan, !plan.sessions.isEmpty else { return [] }
        return await SessionUploadProbe(clock: clock).answers(about: plan).flatMap(SessionUploadCheck.findings)
            + plan.sessionWarnings.map { Finding(.service, .warning, $0) }
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
