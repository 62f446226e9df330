"""Sends a mail file to a Gatepost on this machine and prints the answer: python3 send.py FILE [HOST:PORT]."""

import smtplib
import sys
from email import message_from_binary_file
from email.policy import SMTP


def main() -> None:
    """Send the file to the recipients in its To and Cc."""
    host, _, port = (sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1:2525").rpartition(":")
    with open(sys.argv[1], "rb") as file:
        mail = message_from_binary_file(file)
    recipients = [name.strip() for field in ("To", "Cc") for name in mail.get_all(field, [])]
    with smtplib.SMTP(host, int(port), timeout=30) as client:
        client.ehlo()
        client.mail(mail["From"].partition("<")[2].rstrip(">") or mail["From"])
        for recipient in recipients:
            client.rcpt(recipient)
        code, reply = client.data(mail.as_bytes(policy=SMTP))
    sys.stdout.write(f"{code} " + reply.decode("ascii", "replace").replace("\n", f"\n{code} ") + "\n")


if __name__ == "__main__":
    main()
