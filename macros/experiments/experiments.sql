{% macro experiments() %}
    {#- Experiments whose settings are whole; `experiment_problems` tells of others. -#}
    {%- set found = [] -%}
    {%- set given = segmentation.setting('experiments') -%}
    {%- if segmentation.is_list(given) -%}
        {%- for entry in given if not segmentation.problems_of_experiment(entry) -%}
            {%- do found.append(entry) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}


{% macro holdout_arm() %}
    {#- The arm that is left alone on the channel of its experiment. -#}
    {{ return('holdout') }}
{% endmacro %}


{% macro slot_count() %}
    {#- Slots of an exclusion layer, and parts that shares of arms are rounded to. -#}
    {{ return(1000) }}
{% endmacro %}


{% macro slot_of(salt, customer_id) %}
    {#- Where a hash puts a customer, from 0; docs/experiments.md has the Python. -#}
    {{ return(
        "mod(" ~ segmentation.hash_number(
            dbt.hash("'" ~ salt ~ "/' || " ~ customer_id)
        ) ~ ", " ~ segmentation.slot_count() ~ ")"
    ) }}
{% endmacro %}


{% macro layer_slot(experiment, customer_id) %}
    {#- Experiments of one layer share out its slots: nobody is in two of them. -#}
    {{ return(segmentation.slot_of('layer ' ~ experiment.layer, customer_id)) }}
{% endmacro %}


{% macro drawn_arm(experiment, customer_id) %}
    {#- Independent of the slot: its own hash decides between the arms. -#}
    {%- set drawn = segmentation.slot_of('arm ' ~ experiment.code, customer_id) -%}
    {%- set state = namespace(upper=0, parts=[]) -%}
    {%- for arm in experiment.arms[:-1] -%}
        {%- set state.upper = state.upper + arm.share -%}
        {%- do state.parts.append(
            " when " ~ drawn ~ " < "
            ~ (state.upper * segmentation.slot_count()) | round | int
            ~ " then '" ~ arm.code ~ "'"
        ) -%}
    {%- endfor -%}
    {{ return(
        "case" ~ state.parts | join('') ~ " else '" ~ experiment.arms[-1].code ~ "' end"
    ) }}
{% endmacro %}


{% macro experiment_runs(experiment, as_of_date) %}
    {{ return(
        as_of_date ~ " between " ~ segmentation.date_literal(experiment.starts_on)
        ~ " and " ~ segmentation.date_literal(experiment.ends_on)
    ) }}
{% endmacro %}
