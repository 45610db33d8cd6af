-- Every setting as the project resolves it, as JSON. `segment doctor` compiles this.
select
    {{ segmentation.rule_literal(segmentation.settings_in_force()) }} as settings
