import HubAPI
import HubStore

/// Sums slots, in order, up to local days.
struct CalendarBuilder: Sendable {
    private struct Day: Sendable {
        let number: Int64
        var minutes = 0
        var sessions = 0
        var readings = 0
        var rateSum: Int64 = 0
        var highestRate = 0
    }

    private let offsets: LocalOffsets
    private var days: [Day] = []
    private var finder = SlotSessionFinder()

    init(_ offsets: LocalOffsets) {
        self.offsets = offsets
    }

    /// A slot that is not counted only shows whether a session begins.
    mutating func take(_ slot: ReadingSlot, isCounted: Bool = true) {
        guard slot.readings > 0 else { return }
        if let session = finder.take(slot) { count(session) }
        guard isCounted else { return }
        let number = offsets.day(at: slot.startMilliseconds)
        if days.last?.number != number { days.append(Day(number: number)) }
        let place = days.count - 1
        days[place].minutes += slot.minutes
        days[place].readings += slot.readings
        days[place].rateSum += slot.rateSum
        days[place].highestRate = max(days[place].highestRate, slot.highestRate)
    }

    /// The days, when there are no more slots.
    func calendar() -> HubCalendar {
        var builder = self
        if let session = finder.last() { builder.count(session) }
        return HubCalendar(
            days: builder.days.map { day in
                HubCalendar.Day(
                    date: LocalOffsets.date(ofDay: day.number), minutes: day.minutes, sessions: day.sessions,
                    averageBPM: Double(day.rateSum) / Double(day.readings), highestBPM: day.highestRate)
            })
    }

    private mutating func count(_ session: SlotSession) {
        let number = offsets.day(at: session.startMilliseconds)
        if let place = days.lastIndex(where: { $0.number == number }) { days[place].sessions += 1 }
    }
}
