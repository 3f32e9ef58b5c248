-- Writes an entry of ASP.NET Core's distributed cache with a sliding expiration and no absolute one,
-- as its sessions are. Never without an end, which .NET sets by a command of its own.
-- KEYS[1] entry
-- ARGV[1] sliding expiration in ticks of .NET, ARGV[2] the same in ms, ARGV[3] data
-- Result  1
redis.call('HSET', KEYS[1], 'absexp', '-1', 'sldexp', ARGV[1], 'data', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
