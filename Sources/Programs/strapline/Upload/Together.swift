import ServiceLifecycle

/// Services that start and stop side by side; a `ServiceGroup` would stop one after the other, each with its own wait.
struct Together: Service {
    let services: [any Service]

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
                group.addTask { try await service.run() }
            }
            try await group.waitForAll()
        }
    }
}
