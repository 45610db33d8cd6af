{{ segmentation.staging_config() }}

{{ segmentation.map_entity(
    'support_tickets', source('omni_helpdesk', 'helpdesk_tickets'), {
    'ticket_id': 'ticket',
    'source_customer_id': 'requester',
    'opened_at': 'opened',
    'resolved_at': 'closed',
    'topic': 'subject',
    'contact_channel': 'via',
    'satisfaction_score': 'stars',
    'updated_at': 'updated',
    'loaded_at': 'imported',
}, loaded_order='imported') }}
