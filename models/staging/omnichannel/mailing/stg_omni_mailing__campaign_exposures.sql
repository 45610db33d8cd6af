{{ segmentation.staging_config() }}

{%- set zone = 'America/New_York' %}

{{ segmentation.map_entity(
    'campaign_exposures', source('omni_mailing', 'mailing_cells'), {
    'campaign_id': 'campaign',
    'source_customer_id': 'subscriber',
    'arm': segmentation.recode('cell', {
        'SEG': 'segmented', 'GEN': 'generic', 'NONE': 'no_contact',
    }),
    'assigned_at': segmentation.utc_time('drawn', zone),
    'exposed_at': segmentation.utc_time('sent', zone),
    'loaded_at': segmentation.utc_time('fetched', zone),
}, loaded_order='fetched') }}
