-- Run it once on the primary, as postgres: psql -f roles.sql. Then set the passwords with \password hub and
-- \password witness.
-- The hub and the witness must see which standbys stream.
CREATE ROLE hub LOGIN;
CREATE ROLE witness LOGIN;
GRANT pg_read_all_stats TO hub, witness;
CREATE DATABASE strapline OWNER hub;
