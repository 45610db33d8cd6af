{% macro clusters_version() %}
    {#-
        Hash of the seeds in which clusters are published. It enters the version of a
        reserved code of their sets, which says that definitions differ when they do.
    -#}
    {%- set checksums = [] -%}
    {%- for name in ['cluster_labels', 'cluster_parameters'] -%}
        {%- for node in graph.get('nodes', {}).values()
            if node.resource_type == 'seed' and node.name == name -%}
            {%- do checksums.append(node.checksum.checksum) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(local_md5(checksums | sort | join(' '))) }}
{% endmacro %}
