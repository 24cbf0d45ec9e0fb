import HeartRate
import Testing

struct HeartRateZonesTests {
    @Test(arguments: [
        (0, 0), (89, 0), (90, 1), (107, 1), (108, 2), (126, 3), (143, 3), (144, 4), (161, 4), (162, 5), (180, 5),
        (255, 5),
    ])
    func rate_isInTheZoneOfItsPercentage(rate: Int, zone: Int) {
        #expect(HeartRateZones(maximum: 180).zone(of: rate) == zone)
    }

    @Test func lowestRateOfEachZone_isInIt_andTheOneBelowIsNot() {
        for maximum in HeartRateZones.maximums {
            let zones = HeartRateZones(maximum: maximum)
            for zone in HeartRateZones.all.dropFirst() {
                #expect(zones.zone(of: zones.from(zone)) == zone.number)
                #expect(zones.zone(of: zones.from(zone) - 1) == zone.number - 1)
            }
        }
    }

    @Test func times_areAddedUp_byZone() {
        let times: [Int: Int64] = [60: 5000, 100: 1000, 101: 2000, 170: 3000]
        #expect(HeartRateZones(maximum: 180).milliseconds(atRates: times) == [5000, 3000, 0, 0, 0, 3000])
        #expect(HeartRateZones().milliseconds(atRates: [:]) == [0, 0, 0, 0, 0, 0])
    }
}
