import ctypes
import os
import unittest

from kept_output import CAP, NEEDS_HOLES, RECEIPT, OutputKeeperTest, advance_fully, numbered_lines


@NEEDS_HOLES
class HostileProgramTest(OutputKeeperTest):
    def test_an_output_that_is_emptied_again_and_again_is_survived(self):
        keeper = self.keeper()
        for _ in range(5):
            self.write(numbered_lines(20_000))
            advance_fully(keeper)
            os.truncate(self.file, 0)
            keeper.advance()
        last = numbered_lines(20_000, "last")
        self.write(last)
        advance_fully(keeper)
        self.assertLess(self.allocated_bytes(), CAP + 3 * 4096)
        keeper.finish()
        text = self.file.read_bytes()
        self.assertEqual((text[:100], text[-100:]), (last[:100], last[-100:]))
        self.assertEqual(int(RECEIPT.search(text)[1]), keeper.dropped_bytes)

    def test_an_output_that_is_emptied_at_its_end_keeps_the_receipt_alone(self):
        keeper = self.keeper()
        self.write(numbered_lines(20_000))
        advance_fully(keeper)
        os.truncate(self.file, 0)
        keeper.finish()
        self.assertEqual(RECEIPT.fullmatch(self.file.read_bytes())[1], b"%d" % keeper.dropped_bytes)

    def test_an_output_that_is_cut_in_its_hole_goes_on_from_there(self):
        keeper = self.keeper()
        self.write(numbered_lines(20_000))
        advance_fully(keeper)
        os.truncate(self.file, CAP)
        keeper.advance()
        self.write(b"afterwards\n")
        keeper.finish()
        head, tail = RECEIPT.split(self.file.read_bytes())[::3]
        self.assertEqual((head[:40], tail), (numbered_lines(2)[:40], b"afterwards\n"))

    def test_a_terabyte_that_was_never_written_is_no_output(self):
        keeper = self.keeper()
        self.write(numbered_lines(20_000))
        os.truncate(self.file, 2**40)
        advance_fully(keeper)
        self.write(b"afterwards\n")
        keeper.finish()
        text = self.file.read_bytes()
        self.assertLess(len(text), CAP)
        self.assertLessEqual(keeper.dropped_bytes, len(numbered_lines(20_000)) + 4096)
        self.assertTrue(text.endswith(b"afterwards\n"))

    def test_what_is_written_into_the_hole_is_freed(self):
        keeper = self.keeper()
        self.write(numbered_lines(20_000))
        advance_fully(keeper)
        with open(self.file, "r+b") as file:
            file.seek(CAP)
            file.write(b"x" * 3 * CAP)
        keeper.advance()
        self.assertLess(self.allocated_bytes(), CAP + 3 * 4096)

    def test_space_that_is_reserved_behind_the_end_is_survived(self):
        self.keep(numbered_lines(20_000))
        keeper = self.keeper()
        with open(self.file, "ab") as file:
            keep_size = 1  # FALLOC_FL_KEEP_SIZE
            reserved = ctypes.CDLL(None).fallocate(file.fileno(), keep_size, ctypes.c_int64(0), ctypes.c_int64(4 * CAP))
        self.assertEqual(reserved, 0)
        keeper.advance()
        self.write(b"afterwards\n")
        keeper.finish()
        self.assertTrue(self.file.read_bytes().endswith(b"afterwards\n"))


if __name__ == "__main__":
    unittest.main()
