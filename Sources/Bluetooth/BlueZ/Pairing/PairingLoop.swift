import DBus
import Timing

/// The thin shell around ``PairingMachine``: waits for events and performs actions.
struct PairingLoop: Sendable {
    private let dialogue: any PairingDialogue
    private let show: @Sendable ([NearbyDevice]) async -> Void
    private let clock: any Clock<Duration>
    private let client: BlueZClient
    private let inbox: Inbox<PairingInput>
    private let prompt = PairingPrompt()

    private var machine: PairingMachine
    private var deadlines: [PairingInput.DeadlineOwner: Int] = [:]
    private var lastDeadline = 0
    private var subscription: (path: ObjectPath, attempts: AsyncStream<Int>.Continuation)?
    private var hasAgent = false

    init(
        _ machine: PairingMachine, access: BlueZAccess, dialogue: any PairingDialogue,
        show: @escaping @Sendable ([NearbyDevice]) async -> Void
    ) {
        self.machine = machine
        self.dialogue = dialogue
        self.show = show
        clock = access.clock
        let inbox = Inbox<PairingInput>()
        self.inbox = inbox
        client = BlueZClient(
            following: [BlueZSnapshot.Interface.battery],
            showing: machine.request.map { .fitting($0.selector) } ?? .everything, openBus: access.openBus,
            clock: access.clock, time: access.time, logger: access.logger,
            radioSwitches: access.radioSwitches
        ) { snapshot in
            inbox.send(.machine(.observed(snapshot))) { waiting in
                guard case .machine(.observed(let older)) = waiting else { return false }
                return older.unavailable == nil && older.revision < snapshot.revision
            }
        }
    }

    /// Runs until the machine has finished, which `stop` makes it do when it returns. Nil when the task is cancelled.
    mutating func run(until stop: @escaping @Sendable () async -> Void) async -> PairingMachine.Outcome? {
        await withDiscardingTaskGroup { group in
            group.addTask { [client] in await client.run() }
            group.addTask { [inbox] in
                await stop()
                if !Task.isCancelled { inbox.send(.machine(.stop)) }
            }
            group.addTask { [prompt, dialogue] in
                for await question in prompt.questions {
                    await prompt.answer(question.number, dialogue.answer(question.question))
                }
            }
            var inputs: [PairingInput] = []
            while machine.outcome == nil, await inbox.takeAll(into: &inputs) {
                for input in inputs where machine.outcome == nil { await take(input, &group) }
            }
            await prompt.close()
            group.cancelAll()
        }
        return machine.outcome
    }

    private mutating func take(_ input: PairingInput, _ group: inout DiscardingTaskGroup) async {
        switch input {
        case .machine(let event): await perform(machine.handle(event), &group)
        case .deadline(let owner, let number):
            guard deadlines[owner] == number else { return }
            deadlines[owner] = nil
            let event: PairingMachine.Event =
                switch owner {
                case .machine: .deadlinePassed
                case .adapter(let path): .adapter(path, .deadlinePassed)
                }
            await perform(machine.handle(event), &group)
        }
    }

    private mutating func perform(_ actions: [PairingMachine.Action], _ group: inout DiscardingTaskGroup) async {
        for action in actions {
            switch action {
            case .setDeadline(let wait): setDeadline(of: .machine, wait, &group)
            case .adapter(let path, .setDeadline(let wait)): setDeadline(of: .adapter(path), wait, &group)
            case .show(let devices): await show(devices)
            case .progress(let progress): await dialogue.show(progress)
            case .subscribe(let path): subscribe(to: path, &group)
            case .leave(let device): leave(device, &group)
            case .registerAgent(let device): register(for: device, &group)
            case .adapter(let path, let action):
                group.addTask { [self] in await perform(action, on: path) }
            case .ask, .connect, .refreshObjects, .pair, .trust, .removeDevice:
                group.addTask { [self] in await call(action) }
            }
        }
    }

    private mutating func setDeadline(
        of owner: PairingInput.DeadlineOwner, _ wait: DeadlineSpec?, _ group: inout DiscardingTaskGroup
    ) {
        lastDeadline += 1
        deadlines[owner] = wait.map { _ in lastDeadline }
        guard let wait else { return }
        group.addTask { [clock, inbox, number = lastDeadline] in
            guard (try? await clock.sleep(for: wait.drawn)) != nil else { return }
            inbox.send(.deadline(owner, number: number))
        }
    }

    // MARK: Calls

    private func answer(_ event: PairingMachine.Event) { inbox.send(.machine(event)) }

    private func perform(_ action: AdapterScheduler.Action, on adapter: ObjectPath) async {
        func answer(_ event: AdapterScheduler.Event) { self.answer(.adapter(adapter, event)) }
        switch action {
        case .powerOn: answer(.powerAnswered(await client.powerOn(adapter)))
        case .startDiscovery(let filter): answer(.startAnswered(await client.startDiscovery(adapter, filter)))
        case .stopDiscovery:
            await client.stopDiscovery(adapter)
            answer(.stopAnswered)
        case .setDeadline, .grant: break  // performed by the loop and the machine
        }
    }

    private func call(_ action: PairingMachine.Action) async {
        switch action {
        case .ask(let devices): answer(.chosen(await dialogue.choose(among: devices)))
        case .connect(let device): answer(.connectAnswered(await client.connect(device)))
        case .refreshObjects: await client.refresh()
        case .pair(let device): answer(.pairAnswered(await client.pair(device)))
        case .trust(let device): answer(.trustAnswered(await client.trust(device)))
        case .removeDevice(let device, let adapter):
            await client.remove(device, from: adapter)
            answer(.removed)
        // The loop performs these.
        case .setDeadline, .adapter, .show, .progress, .subscribe, .leave, .registerAgent: break
        }
    }

    private mutating func register(for device: ObjectPath, _ group: inout DiscardingTaskGroup) {
        hasAgent = true
        let agent = PairingAgent(device: device, isInteractive: dialogue.isInteractive, prompt: prompt) {
            [dialogue] in await dialogue.show($0)
        }
        group.addTask { [self] in answer(.agentAnswered(await client.register(agent))) }
    }

    private mutating func leave(_ device: ObjectPath?, _ group: inout DiscardingTaskGroup) {
        let subscribed = subscription?.path
        subscription?.attempts.finish()
        subscription = nil
        group.addTask { [self] in
            switch (device, subscribed) {
            case (let device?, let subscribed?): await client.release(device, listeningTo: subscribed)
            case (let device?, nil): await client.disconnect(device)
            case (nil, let subscribed?): await client.stopNotify(subscribed)
            case (nil, nil): break
            }
            if hasAgent { await client.unregisterAgent() }
            answer(.left)
        }
    }

    // MARK: Measurements

    /// Subscribes, also again.
    private mutating func subscribe(to path: ObjectPath, _ group: inout DiscardingTaskGroup) {
        if subscription?.path != path { listen(to: path, &group) }
        subscription?.attempts.yield(0)
    }

    private mutating func listen(to path: ObjectPath, _ group: inout DiscardingTaskGroup) {
        subscription?.attempts.finish()
        let (attempts, continuation) = AsyncStream.makeStream(of: Int.self)
        subscription = (path, continuation)
        group.addTask { [client, inbox] in
            await client.listen(to: path, for: attempts) { _, error in
                inbox.send(.machine(.subscribeAnswered(error)))
            } heard: { packet in
                guard case .measurement(let measurement) = packet.content else { return }
                // Three measurements are enough: those that the loop has no time for may be dropped.
                inbox.send(.machine(.measured(measurement)), unlessWaiting: PairingLimits.waitingInputs)
            }
        }
    }
}

/// What the loop waits for.
enum PairingInput: Sendable {
    enum DeadlineOwner: Hashable, Sendable {
        case machine
        case adapter(ObjectPath)
    }

    case machine(PairingMachine.Event)
    /// A time is over; an older one of the same owner counts no more.
    case deadline(DeadlineOwner, number: Int)
}
