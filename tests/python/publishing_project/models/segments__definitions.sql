select 'best' as segment_code, 'v1' as definition_version
