import signal
import textwrap
import unittest

from harness_test import HarnessTest, strict_json


class CheckpointTest(HarnessTest):
    SAVE = """
        def save(step, metric=None):
            longrun.save_checkpoint(step, lambda path: open(path, "w").write(f"content {step}"), metric=metric)
        def latest():
            return read(longrun.latest_checkpoint())
        def best():
            return read(longrun.best_checkpoint())
        def read(checkpoint):
            return checkpoint and (checkpoint[0], open(checkpoint[1]).read())
    """

    def saving(self, script):
        return textwrap.dedent(self.SAVE) + textwrap.dedent(script)

    def checkpoint_files(self):
        return sorted((self.folder / "checkpoints").glob("step-*"))

    def contents(self):
        return [file.read_text() for file in self.checkpoint_files()]

    def test_the_last_two_checkpoints_are_kept_and_the_newest_is_found(self):
        printed = self.run_well(self.saving("save(1); save(2); save(30); print(latest())"))
        self.assertEqual(printed, "(30, 'content 30')\n")
        self.assertEqual(self.contents(), ["content 2", "content 30"])

    def test_the_best_checkpoint_is_kept_besides_the_last_two_and_found(self):
        printed = self.run_well(self.saving("save(1, 5); save(2, 3); save(3, 4); save(4, 6); print(latest(), best())"))
        self.assertEqual(printed, "(4, 'content 4') (2, 'content 2')\n")
        self.assertEqual(self.contents(), ["content 2", "content 3", "content 4"])
        manifest = strict_json((self.folder / "checkpoints" / "manifest.json").read_text())["checkpoints"]
        self.assertEqual([(each["step"], each["isBest"]) for each in manifest], [(2, True), (3, False), (4, False)])

    def test_where_more_is_better_the_largest_metric_is_the_best(self):
        script = self.saving("save(1, 5); save(2, 3); save(3, 4); save(4, 4.5); print(best())")
        self.assertEqual(self.run_well(script, LONGRUN_DIRECTION="maximize"), "(1, 'content 1')\n")
        self.assertEqual(self.run_well(script, LONGRUN_DIRECTION="minimize"), "(2, 'content 2')\n")

    def test_the_best_checkpoint_survives_a_restart(self):
        self.run_well(self.saving("save(1, 1); save(2, 2); save(3, 3)"))
        self.run_well(self.saving("save(4, 4); save(5, 5)"))
        self.assertEqual(self.run_well(self.saving("print(best())")), "(1, 'content 1')\n")
        self.assertEqual(self.contents(), ["content 1", "content 4", "content 5"])

    def test_a_better_one_takes_the_place_of_the_best(self):
        self.run_well(self.saving("save(1, 2); save(2, 3); save(3, 1); save(4, 2); save(5, 2); print(best())"))
        self.assertEqual(self.contents(), ["content 3", "content 4", "content 5"])

    def test_a_metric_that_is_no_finite_number_is_never_the_best(self):
        script = "save(1, float('nan')); save(2, -float('inf')); print(best()); save(3, 7); save(4); print(best())"
        self.assertEqual(self.run_well(self.saving(script)), "None\n(3, 'content 3')\n")

    def test_when_the_best_checkpoint_is_damaged_the_next_best_is_found(self):
        self.run_well(self.saving("save(1, 1); save(2, 3); save(3, 2)"))
        self.checkpoint_files()[0].write_text("damaged!!")
        finished = self.run_script(self.saving("print(best())"))
        self.assertEqual(finished.stdout, "(3, 'content 3')\n")
        self.assertIn("step 1 is damaged", finished.stderr)

    def test_a_process_that_is_killed_at_any_write_leaves_the_best_and_the_latest(self):
        self.run_well(self.saving("save(1, 1); save(2, 2)"))
        killed = """
            import os, signal
            left = int(os.environ["LEFT"])
            def dying(call):
                def act(*arguments):
                    global left
                    left -= 1
                    return os.kill(os.getpid(), signal.SIGKILL) if left < 0 else call(*arguments)
                return act
            os.replace, os.unlink, os.fsync = dying(os.replace), dying(os.unlink), dying(os.fsync)
            save(3, 3)
        """
        for left in range(10):
            finished = self.run_script(self.saving(killed), LEFT=str(left))
            best, latest = self.run_well(self.saving("print(best()); print(latest())")).splitlines()
            self.assertEqual(best, "(1, 'content 1')")
            self.assertIn(latest, ("(2, 'content 2')", "(3, 'content 3')"))
            if finished.returncode == 0:
                break
        self.assertGreaterEqual(left, 4)
        self.assertEqual((finished.returncode, latest), (0, "(3, 'content 3')"))

    def test_a_training_that_is_killed_again_and_again_logs_each_step_once_and_ends_with_its_best_weights(self):
        script = """
            import os, signal
            step = 0
            if checkpoint := longrun.latest_checkpoint():
                step = checkpoint[0]
            while step < 20:
                step += 1
                longrun.log(step, error=abs(step - 9))
                if step % 4 == 0:
                    save(step, abs(step - 9))
                if step in (7, 14, 19) and not os.path.exists(f"killed-{step}"):
                    open(f"killed-{step}", "w").close()
                    os.kill(os.getpid(), signal.SIGKILL)
            longrun.finish(error=abs(best()[0] - 9))
        """
        for _ in range(3):
            finished = self.run_script(self.saving(script))
            self.assertEqual(finished.returncode, -signal.SIGKILL)
        self.run_well(self.saving(script))
        self.assertEqual(self.steps(), list(range(1, 21)))
        self.assertEqual(strict_json((self.folder / "result.json").read_text())["metrics"], {"error": 1})

    def test_a_torn_checkpoint_is_skipped_for_the_one_before_it(self):
        self.run_well(self.saving("save(1); save(2)"))
        self.checkpoint_files()[1].write_text("conte")
        finished = self.run_script(self.saving("print(latest())"))
        self.assertEqual(finished.stdout, "(1, 'content 1')\n")
        self.assertIn("step 2 is damaged", finished.stderr)

    def test_an_altered_checkpoint_of_the_same_length_is_skipped(self):
        self.run_well(self.saving("save(1); save(2)"))
        self.checkpoint_files()[1].write_text("content X")
        self.assertEqual(self.run_script(self.saving("print(latest())")).stdout, "(1, 'content 1')\n")

    def test_after_a_damaged_checkpoint_the_ones_saved_anew_count(self):
        self.run_well(self.saving("save(1); save(20)"))
        self.checkpoint_files()[1].write_text("conte")
        self.assertEqual(self.run_well(self.saving("save(15); print(latest())")), "(15, 'content 15')\n")

    def test_a_process_that_is_killed_while_it_writes_leaves_the_checkpoint_before_it(self):
        self.run_well(self.saving("save(1)"))
        killed = """
            import os, signal
            def write(path):
                open(path, "w").write("half")
                os.kill(os.getpid(), signal.SIGKILL)
            longrun.save_checkpoint(2, write)
        """
        self.assertEqual(self.run_script(killed).returncode, -signal.SIGKILL)
        self.assertEqual(self.run_well(self.saving("print(latest()); save(2)")), "(1, 'content 1')\n")
        self.assertEqual(list((self.folder / "checkpoints").glob(".*")), [])

    def test_a_manifest_that_is_damaged_means_no_checkpoint_and_is_said(self):
        self.run_well(self.saving("save(1)"))
        (self.folder / "checkpoints" / "manifest.json").write_text("{")
        finished = self.run_script("print(longrun.latest_checkpoint())")
        self.assertEqual((finished.returncode, finished.stdout), (0, "None\n"))
        self.assertIn("manifest.json is damaged", finished.stderr)

    def test_a_writer_that_writes_elsewhere_is_an_error_with_the_mend(self):
        finished = self.run_script("longrun.save_checkpoint(1, lambda path: open(path + '.npy', 'w').close())")
        self.assertIn("exactly the path it is given", finished.stderr)


if __name__ == "__main__":
    unittest.main()
