"""The way in: SMTP from mail clients and helpdesks, one `Message` for each mail."""

from gatepost.smtp.limits import disk_reserve
from gatepost.smtp.listen import Intake
from gatepost.smtp.login import Login

__all__ = ["Intake", "Login", "disk_reserve"]
