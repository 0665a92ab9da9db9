"""Runs a program whose only network is a proxy behind a Unix socket: `network_relay.py SOCKET PROGRAM ARGUMENT...`

In a sandbox without a network nothing can be reached but files, and a Unix socket is one. This relay listens on the
sandbox's own 127.0.0.1, hands every connection on to the socket, and tells the program by the usual variables that its
proxy is there. Whether anything may pass is decided on the other side. Ends as the program ends. Standard library only.
"""

import os
import signal
import socket
import subprocess
import sys
import threading


def main(socket_path, command):
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, socket_path), daemon=True).start()
    proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    program = subprocess.Popen(command, env=os.environ | dict.fromkeys(names, proxy))
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    status = program.wait()
    return status if status >= 0 else 128 - status


def _accept(listener, socket_path):
    while True:
        client, _ = listener.accept()
        proxy = socket.socket(socket.AF_UNIX)
        try:
            proxy.connect(socket_path)
        except OSError:
            client.close()  # the other side is not there at the moment; whoever asks again may find it
            continue
        for source, target in ((client, proxy), (proxy, client)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source, target):
    try:
        while block := source.recv(1 << 16):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):  # one side has gone; the thread of the other direction sees it by this
            end.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
