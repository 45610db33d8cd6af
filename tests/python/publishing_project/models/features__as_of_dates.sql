select cast('{{ segmentation.as_of_value() }}' as date) as as_of_date, true as is_current
