"""Training scripts that several tests run."""

SLEEPER = """
    import time
    print("ready")
    time.sleep(60)
"""
COUNTER = """
    import time
    import longrun

    step = (longrun.latest_checkpoint() or (0, None))[0]
    print("begins at", step)
    while step < 1000 and not longrun.should_stop():
        step += 1
        longrun.save_checkpoint(step, lambda path: open(path, "w").write(str(step)))
        longrun.log(step, loss=1 / step)
        time.sleep(0.02)
    print("leaves at", step)
    longrun.finish(loss=1 / step)
"""
