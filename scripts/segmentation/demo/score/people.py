"""Says which person a customer is, of those who are one."""

from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse

ONE_PERSON = "temp.scored_one_person"


def find_people(warehouse: Warehouse, customers: str) -> None:
    """Write `ONE_PERSON`: each customer whose records are all of one person.

    A record that names nobody, such as a shared browser, says nothing of who it is.

    Args:
        warehouse: A warehouse with the truth.
        customers: Table with the customer of each record.
    """
    warehouse.connection.execute(
        f"""
        create or replace temp table {ONE_PERSON.removeprefix("temp.")} as
        select answers.customer_id, min(records.person_id) as person_id
        from {customers} as answers
        inner join {TRUTH_SCHEMA}.records as records
            on
                answers.source_system = records.source_system
                and answers.source_customer_id = records.source_customer_id
        where records.names_somebody and records.person_id is not null
        group by answers.customer_id
        having count(distinct records.person_id) = 1
        """
    )
