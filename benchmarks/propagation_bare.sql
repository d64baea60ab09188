-- What propagation writes, with nothing around it: no batches, no worlds, no locks, no order, no counts, no faults.
-- %(now)s is the world's time. Grants come first, so that what is granted and withdrawn at once is closed as well.
INSERT INTO access_mgmt_effectiverole
       (assignment_id, person_id, enterprise_id, function, valid_from, valid_until, applied_at)
SELECT asked.id, member.person_id, quality.enterprise_id, asked.function, asked.valid_from, asked.valid_until, %(now)s
  FROM access_mgmt_rolechange AS change
  JOIN access_mgmt_roleassignment AS asked ON asked.id = change.grants_id
  JOIN access_mgmt_qualitymember AS member ON member.id = asked.member_id
  JOIN access_mgmt_quality AS quality ON quality.id = member.quality_id
 WHERE change.applied_at IS NULL AND change.due_at <= %(now)s;

UPDATE access_mgmt_effectiverole AS role
   SET withdrawn_at = %(now)s
  FROM access_mgmt_rolechange AS change
 WHERE change.applied_at IS NULL AND change.due_at <= %(now)s
   AND role.assignment_id = change.withdraws_id AND role.withdrawn_at IS NULL;

UPDATE access_mgmt_rolechange
   SET applied_at = %(now)s
 WHERE applied_at IS NULL AND due_at <= %(now)s;
