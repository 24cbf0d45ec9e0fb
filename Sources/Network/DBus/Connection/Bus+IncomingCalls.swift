import CDBus

// Method calls of peers.

extension Bus {
    func answer(_ message: borrowing Message) {
        let address = ReplyAddress(message)
        do throws(BusError) {
            switch try exports.reply(to: try IncomingCall(message)) {
            case .values(let values): reply(to: address, with: .success(values))
            case .handler(let output, let handler): try run(handler, output: output, replyTo: address)
            }
        } catch {
            reply(to: address, with: .failure(error))
        }
    }

    private func run(
        _ handler: @escaping @Sendable () async throws -> [BusValue], output: Signature, replyTo address: ReplyAddress
    ) throws(BusError) {
        guard incomingCalls.count < BusLimits.concurrentIncomingCalls else {
            throw BusError(name: BusError.Name.limitsExceeded, message: "too many calls at the same time")
        }
        nextIncomingCallID += 1
        let id = nextIncomingCallID
        // A peer's call has no parent task. The task is kept, and cancelled when the connection ends.
        incomingCalls[id] = Task {
            let result = await Self.result(of: handler, output: output)
            incomingCalls[id] = nil
            reply(to: address, with: result)
        }
    }

    private static func result(
        of handler: @Sendable () async throws -> [BusValue], output: Signature
    ) async -> Result<[BusValue], BusError> {
        do {
            let values = try await handler()
            let types = values.map(\.signature.string).joined()
            guard types == output.string else {
                return .failure(
                    BusError(name: BusError.Name.failed, message: "the reply is of type “\(types)”, not “\(output)”"))
            }
            return .success(values)
        } catch let error as BusError {
            return .failure(error)
        } catch {
            return .failure(BusError(name: BusError.Name.failed, message: "\(error)"))
        }
    }

    /// Sends a reply. If it cannot be sent, sends an error instead. Does nothing on a lost connection.
    private func reply(to address: ReplyAddress, with result: Result<[BusValue], BusError>) {
        guard address.isWanted else { return }
        do throws(BusError) {
            try send(.reply(to: address, try result.get()))
        } catch {
            _ = try? send(.reply(to: address, error: error))
        }
    }
}

extension IncomingCall {
    fileprivate init(_ message: borrowing Message) throws(BusError) {
        guard let sender = message.sender, let path = message.path, let member = message.member else {
            throw .unexpectedType("a call without sender, path or member")
        }
        self.init(
            sender: sender, path: path, interface: message.interface ?? "", member: member,
            arguments: try message.arguments())
    }
}
