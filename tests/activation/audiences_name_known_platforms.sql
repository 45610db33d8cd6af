{{ config(meta={'explains': true}) }}

with audience_platforms as (

    {{ segmentation.audience_platforms() }}

),

declared as (

    {{ segmentation.declared_audiences() }}

)

select
    'The audience ' || declared.audience_code || ' is sent on the channel '
    || declared.channel || ' to the platform ' || audience_platforms.platform
    || ', of which the seed platform_limits says '
    || coalesce('that it belongs to the channel ' || limits.channel, 'nothing')
    || '. Correct segmentation_audiences, or add the platform to the seed.' as message
from audience_platforms
inner join declared
    on audience_platforms.audience_code = declared.audience_code
left join {{ ref('platform_limits') }} as limits
    on audience_platforms.platform = limits.platform
where limits.platform is null or limits.channel <> declared.channel
