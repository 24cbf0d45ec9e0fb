import CDBus
import EventThread

extension Bus {
    /// Receives the signals that match a rule, from the moment this returns.
    ///
    /// ```swift
    /// let values = try await bus.signals(matching: .propertiesChanged(sender: "org.bluez", path: path)) { message in
    ///     message.changedProperty("Value", of: "org.bluez.GattCharacteristic1") { (value) throws(BusError) in
    ///         try value.readBytes()
    ///     }
    /// }
    /// for try await bytes in values { … }
    /// ```
    ///
    /// At most `capacity` elements wait for the consumer: beyond it the oldest are dropped and counted. `decode` runs
    /// on the connection's thread and must be quick. A signal for which it returns nil is skipped.
    public func signals<Element: Sendable>(
        matching rule: MatchRule, capacity: Int = BusLimits.signalBuffer,
        decode: @escaping @Sendable (borrowing Message) -> Element?
    ) async throws -> SignalStream<Element> {
        let stream = SignalStream<Element>(capacity: capacity)
        let source = stream.input
        let id = try await subscribe(
            to: rule,
            receive: { signal in
                if let element = decode(signal) { source.yield(element) }
            },
            finish: { source.finish(throwing: $0) })
        source.onTermination { [weak self] in self?.unsubscribeSoon(id) }
        return stream
    }

    /// Calls `receive` on the connection's thread with each matching signal, while `body` runs.
    ///
    /// Nothing is buffered, and no task is woken: `receive` must be quick. If the connection ends, no more signals
    /// come, and `body` runs on.
    package func withSignals(
        matching rule: MatchRule, receive: @escaping @Sendable (borrowing Message) -> Void,
        while body: @escaping @Sendable () async -> Void
    ) async throws {
        let id = try await subscribe(to: rule, receive: receive, finish: { _ in })
        await body()
        unsubscribe(id)
    }

    /// Broadcasts a signal, or sends it to one destination. Call ``waitForSpace()`` between many signals.
    public func emit(_ signal: Signal) throws {
        try send(.signal(signal))
    }

    /// Calls `receive` for each matching signal until ``unsubscribe(_:)`` with the returned ID. Calls `finish` if the
    /// connection ends first.
    func subscribe(
        to rule: MatchRule, receive: @escaping @Sendable (borrowing Message) -> Void,
        finish: @escaping @Sendable (BusError) -> Void
    ) async throws -> Int {
        nextSubscriptionID += 1
        let id = nextSubscriptionID
        subscriptions.append(SignalSubscription(id: id, rule: rule, receive: receive, finish: finish))
        do {
            if let name = rule.trackedSender { try track(name) }
            try await call(.bus("AddMatch", [.string(rule.text)]))
        } catch {
            unsubscribe(id)
            throw error
        }
        return id
    }

    /// Ends a subscription, and removes its rule from the bus.
    func unsubscribe(_ id: Int) {
        guard let index = subscriptions.firstIndex(where: { $0.id == id }) else { return }
        let subscription = subscriptions.remove(at: index)
        removeMatch(subscription.rule)
        if let name = subscription.trackedSender { untrack(name) }
    }

    nonisolated func unsubscribeSoon(_ id: Int) {
        thread.perform { [weak self] in self?.assumeIsolated { $0.unsubscribe(id) } }
    }

    func dispatch(signal: borrowing Message) {
        noteOwnerChange(signal)
        for subscription in subscriptions {
            let isMatch = subscription.rule.matches(signal) {
                guard let name = subscription.trackedSender else { return subscription.rule.sender }
                return owners[name]?.uniqueName
            }
            if isMatch { subscription.receive(signal) }
        }
    }

    /// Tracks the owner of a well-known name. Replies come in order: the present owner is known before the next reply.
    private func track(_ name: String) throws(BusError) {
        owners[name, default: TrackedOwner(uniqueName: nil, users: 0)].users += 1
        guard owners[name]?.users == 1 else { return }
        try send(.bus("AddMatch", [.string(MatchRule.ownerChange(of: name).text)]), handler: .ignore)
        let setOwner = ReplyHandler(
            succeed: { [weak self] reply in
                let owner = try? reply.read { (reader) throws(BusError) in try reader.readString() }
                self?.assumeIsolated { $0.owners[name]?.uniqueName = owner }
            },
            fail: { _ in })  // The name has no owner.
        try send(.bus("GetNameOwner", [.string(name)]), handler: setOwner)
    }

    private func untrack(_ name: String) {
        owners[name]?.users -= 1
        guard owners[name]?.users == 0 else { return }
        owners[name] = nil
        removeMatch(.ownerChange(of: name))
    }

    /// Ignores the reply. A lost connection has no rules.
    private func removeMatch(_ rule: MatchRule) {
        try? send(.bus("RemoveMatch", [.string(rule.text)]), handler: .ignore)
    }

    private func noteOwnerChange(_ signal: borrowing Message) {
        guard !owners.isEmpty, MatchRule.anyOwnerChange.matches(signal, owner: { BusName.bus }),
            let change = signal.ownerChange(), owners[change.name] != nil
        else { return }
        owners[change.name]?.uniqueName = change.newOwner
    }
}

extension MatchRule {
    static let anyOwnerChange = MatchRule(
        sender: BusName.bus, path: BusName.busPath, interface: BusName.bus, member: "NameOwnerChanged")

    static func ownerChange(of name: String) -> MatchRule {
        var rule = anyOwnerChange
        rule.firstArgument = name
        return rule
    }
}

extension Message {
    /// The arguments of `NameOwnerChanged`. An empty owner is nil.
    borrowing func ownerChange() -> (name: String, newOwner: String?)? {
        try? read { (reader) throws(BusError) in
            let name = try reader.readString()
            _ = try reader.readString()
            let newOwner = try reader.readString()
            return (name, newOwner.isEmpty ? nil : newOwner)
        }
    }
}
