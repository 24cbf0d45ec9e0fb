import CardiogramAPI
import Outbox

/// How readings become beats.
///
/// Cardiogram counts in whole seconds and a strap may send several readings in one: there is one beat for each second,
/// its `start` and `end` that second (milliseconds are cut off, so that a reading never moves into the future), its
/// `value` the mean of the second's readings, which the API takes with a fraction, rounded to hundredths.
enum CardiogramBeats {
    /// One beat for each second in which there was a heart rate, in the order in which the seconds first appear.
    static func beats(of readings: [Reading]) -> [Beat] {
        var places: [Int64: Int] = [:]
        var seconds: [(second: Int64, sum: Int, count: Int)] = []
        for reading in readings {
            guard let heartRate = reading.heartRate else { continue }
            let second = floorSeconds(reading.measuredAtMilliseconds)
            if let place = places[second] {
                seconds[place].sum += Int(heartRate)
                seconds[place].count += 1
            } else {
                places[second] = seconds.count
                seconds.append((second, Int(heartRate), 1))
            }
        }
        return seconds.map { second, sum, count in
            Beat(start: second, end: second, value: (Double(sum) / Double(count) * 100).rounded() / 100)
        }
    }

    private static func floorSeconds(_ milliseconds: Int64) -> Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
