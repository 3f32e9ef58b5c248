-- Writes an entry of ASP.NET Core's distributed cache. Never without an end, which .NET sets by a
-- command of its own.
-- KEYS[1] entry
-- ARGV[1] absolute expiration in ticks of .NET or -1, ARGV[2] sliding expiration in ticks or -1,
-- ARGV[3] data, ARGV[4] ms until it ends
-- Result  1
redis.call('HSET', KEYS[1], 'absexp', ARGV[1], 'sldexp', ARGV[2], 'data', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
