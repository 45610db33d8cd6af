{% macro split_features() %}
    {#-
        Features by which a segment may be split, each with the scale of its bins, none
        for words. How recently, how often and how much somebody buys is for value
        tiers; age, gender, place and income describe and decide nothing.
    -#}
    {%- set scales = {'share': 15, 'score': 15, 'change': 15} -%}
    {%- set found = {} -%}
    {%- for name, unit in segmentation.profile_features().items()
        if name not in segmentation.features_fixed_by('revenue_90d') -%}
        {%- do found.update({name: scales.get(unit, 1)}) -%}
    {%- endfor -%}
    {%- for name in segmentation.profile_attributes() + ['preferred_channel']
        if name not in segmentation.describing_features() -%}
        {%- do found.update({name: none}) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro explained_outcomes() %}
    {#- What segments should explain, with the outcomes that each is the mean of. -#}
    {%- set mix = [] -%}
    {%- for rank in segmentation.leading_category_ranks() -%}
        {%- do mix.append('category_' ~ rank) -%}
    {%- endfor -%}
    {{ return({'spend': ['spend'], 'ordered': ['ordered'], 'mix': mix}) }}
{% endmacro %}


{% macro split_outcomes() %}
    {#- Those that segments should explain: others would split, and explain no more. -#}
    {{ return(segmentation.explained_outcomes().values() | sum(start=[])) }}
{% endmacro %}
