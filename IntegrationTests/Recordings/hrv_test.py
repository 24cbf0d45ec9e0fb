"""`strapline hrv` and two public references compute the same values from the same RR intervals.

SERIES=n sets the number of random series (1000), SEED=n the first of them.
"""

import json
import math
import os
import pathlib
import random
import subprocess
import unittest
import warnings

warnings.filterwarnings("ignore")

import hrvanalysis
import neurokit2
import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build/debug/strapline"
FIXED = ROOT / "Tests/Formats/HRVTests/Vectors/reference-intervals.txt"
SERIES = int(os.environ.get("SERIES", "1000"))
SEED = int(os.environ.get("SEED", "1"))
# The references and ours add in another order.
TOLERANCE = 1e-9


def own(stretches):
    text = "\n".join("".join(f"{interval!r}\n" for interval in stretch) for stretch in stretches)
    result = subprocess.run(
        [PROGRAM, "hrv", "-", "--json", "--keep-artefacts"], input=text, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(result.stdout)


def series(seed):
    """From 40 to 400 intervals with a drift, a rhythm and noise of random sizes.

    They have fractions of a ms: neurokit2 leaves out boxes that are exactly a line, which whole numbers have now and
    then. The definition of DFA has no such exception.
    """
    source = random.Random(seed)
    mean, noise = source.uniform(350, 1400), source.uniform(1, 60)
    drift, rhythm, period = 0.0, source.uniform(0, 80), source.uniform(2, 20)
    digits = source.choice([3, 6])
    intervals = []
    for beat in range(source.randint(40, 400)):
        drift = 0.95 * drift + source.gauss(0, noise / 2)
        value = mean + drift + source.gauss(0, noise) + rhythm * math.sin(beat / period)
        # Not cut off: equal numbers in a row are an exact line too.
        intervals.append(round(value if 280 < value < 2000 else source.uniform(280, 2000), digits))
    return intervals


class HRVTest(unittest.TestCase):
    def compare(self, intervals):
        values = own([intervals])
        array = numpy.array(intervals, float)
        time_domain = neurokit2.hrv_time({"RRI": array, "RRI_Time": numpy.cumsum(array / 1000)})
        other = hrvanalysis.get_time_domain_features(list(intervals))
        pairs = [
            ("neurokit2 HRV_RMSSD", time_domain["HRV_RMSSD"].iloc[0], values["rmssd_ms"]),
            ("neurokit2 HRV_SDNN", time_domain["HRV_SDNN"].iloc[0], values["sdnn_ms"]),
            ("neurokit2 HRV_pNN50", time_domain["HRV_pNN50"].iloc[0], values["pnn50_percent_of_intervals"]),
            ("hrvanalysis rmssd", other["rmssd"], values["rmssd_ms"]),
            ("hrvanalysis sdnn", other["sdnn"], values["sdnn_ms"]),
            ("hrvanalysis pnni_50", other["pnni_50"], values["pnn50_percent_of_differences"]),
        ]
        for lowest, highest in ((4, 11), (4, 12), (4, 16)):
            alpha, _ = neurokit2.fractal_dfa(array, scale=numpy.arange(lowest, highest + 1), overlap=False)
            pairs.append((f"neurokit2 fractal_dfa {lowest}-{highest}", alpha,
                          values[f"dfa_alpha1_{lowest}_{highest}"]))
        for name, theirs, ours in pairs:
            self.assertAlmostEqual(float(theirs), ours, delta=TOLERANCE * max(1, abs(ours)), msg=name)

    def test_values_of_the_fixed_series(self):
        self.compare([int(line) for line in FIXED.read_text().split()])

    def test_values_of_random_series(self):
        for seed in range(SEED, SEED + SERIES):
            with self.subTest(seed=seed):
                self.compare(series(seed))

    def test_gap_is_never_bridged(self):
        intervals = [int(line) for line in FIXED.read_text().split()]
        values = own([intervals[:100], intervals[110:]])
        self.assertAlmostEqual(values["rmssd_ms"], 25.479158149358074, delta=TOLERANCE * 100)
        self.assertAlmostEqual(values["sdnn_ms"], 57.93001395755104, delta=TOLERANCE * 100)
        self.assertEqual((values["nn50"], values["stretches"], values["gaps"]), (18, 2, 1))
        self.assertNotIn("dfa_alpha1_4_16", values)


if __name__ == "__main__":
    unittest.main()
