{% macro cluster_slots() %}
    {#- Places for the clusters of one version; those it has not are null. -#}
    {{ return(range(1, 9) | list) }}
{% endmacro %}
