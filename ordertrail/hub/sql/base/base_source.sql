-- Source systems. Grain: source.
-- Key: id. Follows: everything.
SELECT id,             -- bigint
       code,           -- text: its natural key
       name,           -- text
       kind            -- text
FROM records_source
