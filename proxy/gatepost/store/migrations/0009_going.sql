-- When a person sent a mail on its way: the time after which it is given up counts from then.
ALTER TABLE messages ADD COLUMN going_since BIGINT;
