"""What Jun and the workshop do: work orders for what is made, goods from the shelf for what is not, projects."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ordertrail.demo import sending
from ordertrail.demo.company import Company
from ordertrail.demo.systems import mes
from ordertrail.demo.truth import Order, OrderLine, Product, Project, WorkOrder

LEADERS = ("Jun", "Wei", "Lan")
PROJECT_DAYS = 18
"""Working days over which a project's hours are spread."""


def begin(company: Company, order: Order) -> None:
    """A confirmed order: each line is made or taken from stock; a custom order becomes a project."""
    for line in order.lines:
        if line.product.made:
            company.in_days(company.around(0.9), plan, order, line)
        else:
            company.in_days(_until_in_stock(company), sending.ready, order, line, line.qty)
    if any(line.product.custom for line in order.lines):
        company.in_days(company.around(1.0), open_project, order)


def _until_in_stock(company: Company) -> float:
    """Most goods are on the shelf; now and then one has to wait for the supplier, who may forget us."""
    luck = company.rng.random()
    if luck < 0.028:
        return company.rng.uniform(12, 34)
    return company.rng.uniform(4, 11) if luck < 0.08 else company.around(0.7)


def plan(company: Company, order: Order, line: OrderLine) -> None:
    """A work order for one line."""
    work = WorkOrder(
        number=company.numbers.next("WO", company.now),
        product=line.product,
        planned=line.qty,
        created_at=company.now,
        due_date=company.calendar.day_after(company.now.date(), 8),
        changed_at=company.now,
        order=order,
        line=line,
    )
    company.history.work_orders.append(work)
    export(company, work)
    waits_for_material = company.rng.random() < 0.09
    company.in_days(company.rng.uniform(4, 16) if waits_for_material else company.around(0.5), start, work)


def plan_for_stock(company: Company) -> None:
    """Once a week the workshop makes what runs low, for no order."""
    company.at(company.moment + timedelta(days=7), plan_for_stock)
    product = company.rng.choice([one for one in company.history.products if one.made and not one.custom])
    work = WorkOrder(
        number=company.numbers.next("WO", company.now),
        product=product,
        planned=company.rng.randint(4, 20) * 5,
        created_at=company.now,
        due_date=company.calendar.day_after(company.now.date(), 9),
        changed_at=company.now,
    )
    company.history.work_orders.append(work)
    export(company, work)
    company.in_days(company.around(1.0), start, work)


def _making_days(company: Company, product: Product, qty: int) -> float:
    return company.around(5.5 if product.custom else 2.2 + min(qty, 60) / 40, 0.3)


def start(company: Company, work: WorkOrder) -> None:
    """The workshop begins."""
    work.state, work.started_at = "running", company.now
    export(company, work)
    days = _making_days(company, work.product, work.planned)
    company.in_days(days * 0.5, half_done, work)
    company.in_days(days, finish, work)


def half_done(company: Company, work: WorkOrder) -> None:
    """About half of it is counted."""
    work.finished = work.planned * company.rng.randint(30, 70) // 100
    export(company, work)


def finish(company: Company, work: WorkOrder) -> None:
    """All of it is finished and goes to the store."""
    if work.state == "done":
        return
    work.finished, work.state, work.finished_at = work.planned, "done", company.now
    export(company, work)
    if work.order and work.line:
        company.in_days(company.around(0.35), sending.ready, work.order, work.line, work.line.qty)


def export(company: Company, work: WorkOrder) -> None:
    """Note the work order's row for this week's export."""
    work.changed_at = company.now
    monday = work.changed_at.date() - timedelta(days=work.changed_at.weekday())
    company.mes_weeks.setdefault(monday, {})[work.number] = mes.cells(work)
    company.touch("work_order", work.number, work)


def open_project(company: Company, order: Order) -> None:
    """A custom order is planned in hours."""
    custom = next(line for line in order.lines if line.product.custom)
    hours = Decimal(company.rng.randint(4, 24) * custom.qty + 16)
    project = Project(
        number=company.numbers.next("PM", company.now, digits=3),
        title=f"{order.customer.zh} {custom.product.zh}",
        order=order,
        leader=company.rng.choice(LEADERS),
        planned_hours=hours,
        spent_hours=Decimal(0),
        start_date=company.now.date(),
        due_date=order.promised_date,
        changed_at=company.now,
    )
    company.history.projects.append(project)
    company.touch("project", project.number, project)
    company.in_days(1, work_on, project, company.rng.uniform(0.8, 1.5), PROJECT_DAYS)


def work_on(company: Company, project: Project, factor: float, days_left: int) -> None:
    """A day's hours are written down; after the last day the project is done."""
    spent = project.planned_hours * Decimal(round(factor * 100)) / (100 * PROJECT_DAYS)
    project.spent_hours = (project.spent_hours + spent).quantize(Decimal("0.5"))
    project.changed_at = company.now
    company.touch("project", project.number, project)
    if days_left > 1:
        company.in_days(1, work_on, project, factor, days_left - 1)
    else:
        project.state, project.finished_date = "done", company.now.date()
