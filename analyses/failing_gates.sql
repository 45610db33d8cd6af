-- Gates that fail, whether definitions changed or not. `segment diff rules` asks this.
select
    gates.segment_set,
    gates.segment_code,
    gates.gate,
    {{ segmentation.gate_message() }} as message
from {{ ref('segments__gates') }} as gates
where gates.status = 'fail'
order by gates.gate asc, gates.segment_set asc, gates.segment_code asc
