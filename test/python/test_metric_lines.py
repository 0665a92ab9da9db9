import unittest

from supervised_execution import SUPERVISOR_FOLDER  # noqa: F401 (it makes the module below importable)

from metric_lines import collect_metrics


class MetricLinesTest(unittest.TestCase):
    def collected(self, output, begins_line=True):
        values = {}
        collect_metrics(values, output, begins_line)
        return values

    def test_the_last_value_of_each_name_counts_as_it_is_spelled(self):
        output = b"METRIC a=1\nnoise\nMETRIC layer.0/loss-x=+1.50e-3\nMETRIC a=02\n"
        self.assertEqual(self.collected(output), {"a": "02", "layer.0/loss-x": "+1.50e-3"})

    def test_values_of_earlier_output_are_replaced(self):
        values = {"a": "1", "b": "1"}
        collect_metrics(values, b"METRIC b=2\n", True)
        self.assertEqual(values, {"a": "1", "b": "2"})

    def test_nan_and_infinities_are_values(self):
        output = b"METRIC a=nan\nMETRIC b=-Infinity\nMETRIC c=+INF\n"
        self.assertEqual(self.collected(output), {"a": "nan", "b": "-Infinity", "c": "+INF"})

    def test_what_is_no_number_leaves_the_value_before_it(self):
        output = b"METRIC a=1\nMETRIC a=junk\nMETRIC a=1e999\nMETRIC a=1.2.3\nMETRIC a=\nMETRIC a=1e\n"
        self.assertEqual(self.collected(output), {"a": "1"})

    def test_a_carriage_return_ends_a_line_too(self):
        self.assertEqual(self.collected(b"50 %\rMETRIC a=1\r\nMETRIC b=2 \t\n"), {"a": "1", "b": "2"})

    def test_what_only_looks_like_a_metric_line_is_none(self):
        for line in (b"a METRIC a=1", b"METRIC a=1 more", b"METRIC 1a=1", b"METRIC  a=1", b"metric a=1", b"METRIC a =1"):
            self.assertEqual(self.collected(line + b"\n"), {})

    def test_a_line_of_more_than_four_kilobytes_is_none(self):
        self.assertEqual(self.collected(b"METRIC a=1" + b" " * 3_900 + b"\n"), {"a": "1"})
        self.assertEqual(self.collected(b"METRIC a=1" + b" " * 4_100 + b"\n"), {})

    def test_a_beginning_in_the_middle_of_a_line_is_none(self):
        self.assertEqual(self.collected(b"METRIC a=1\nMETRIC b=2\n", begins_line=False), {"b": "2"})

    def test_no_more_than_a_thousand_names_are_kept(self):
        values = {}
        for start in range(0, 1_500, 500):
            output = b"".join(b"METRIC m%d=1\n" % number for number in range(start, start + 500))
            collect_metrics(values, output, True)
        collect_metrics(values, b"METRIC m0=2\n", True)
        self.assertEqual((len(values), values["m0"], values["m999"]), (1_000, "2", "1"))

    def test_of_a_flood_the_last_thousand_lines_are_read(self):
        output = b"".join(b"METRIC m%d=1\n" % number for number in range(2_000))
        self.assertEqual(list(self.collected(output)), [f"m{number}" for number in range(1_000, 2_000)])


if __name__ == "__main__":
    unittest.main()
