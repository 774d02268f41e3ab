"""Every rule: its id, and the module below `transformer.rules` that defines it.

A new rule takes one line here. The tables say which command needs a rule, so that a command imports
no module that it does not need.
"""

from collections.abc import Mapping

TRANSFORM: Mapping[str, str] = {
    "cni-isolation": "edits.cni_isolation",
    "host-network-pods": "edits.host_network_pods",
    "keep-off": "edits.keep_off",
    "node-label": "edits.node_label",
    "pod-guard": "edits.pod_guard",
    "pool-attributes": "edits.pool_attributes",
}
"""Rules that edit."""

OFF_BY_DEFAULT = frozenset(("host-network-pods", "keep-off", "pool-attributes"))
"""Rules that edit only if the configuration says so; otherwise they are not even loaded."""

CHECKED_BY_BOTH: Mapping[str, str] = {
    "HN106": "pools.hn106_lost_host_network",
    "HN303": "nodes.hn303_host_network_label_changed",
    "HN306": "nodes.hn306_node_converted",
    "HN313": "nodes.hn313_unknown_pool",
    "HN402": "workloads.hn402_annotation_on_workload",
    "HN403": "workloads.hn403_annotation_value",
    "HN412": "workloads.hn412_static_pod",
    "HN413": "workloads.hn413_empty_term",
    "HN414": "workloads.hn414_unknown_kind",
    "HN415": "workloads.hn415_partial_object",
    "HN417": "workloads.hn417_encrypted",
    "HN419": "workloads.hn419_template",
    "HN428": "workloads.hn428_placeholder",
}
"""Rules that report, in `transform` and in `validate`."""

CHECKED_BY_VALIDATE: Mapping[str, str] = {
    "HN101": "pools.hn101_schema",
    "HN102": "pools.hn102_pool_type",
    "HN103": "pools.hn103_cloud_host_network",
    "HN104": "pools.hn104_leader_election",
    "HN105": "pools.hn105_pool_annotations",
    "HN107": "pools.hn107_duplicate",
    "HN108": "pools.hn108_kind_not_run",
    "HN201": "pools.hn201_host_network_changed",
    "HN202": "pools.hn202_pool_type_changed",
    "HN203": "pools.hn203_inter_connectivity_changed",
    "HN204": "pools.hn204_pool_removed",
    "HN301": "nodes.hn301_pool_label_changed",
    "HN302": "nodes.hn302_pool_label_removed",
    "HN304": "nodes.hn304_network_mode_changed",
    "HN305": "nodes.hn305_edge_worker_changed",
    "HN311": "nodes.hn311_label_missing",
    "HN312": "nodes.hn312_label_in_standard_pool",
    "HN314": "nodes.hn314_two_pools",
    "HN315": "nodes.hn315_autonomy",
    "HN401": "workloads.hn401_pinned_without_host_network",
    "HN404": "workloads.hn404_guarded_and_pinned",
    "HN405": "workloads.hn405_dns_policy",
    "HN406": "workloads.hn406_unguarded_component",
    "HN407": "workloads.hn407_local_service",
    "HN408": "workloads.hn408_host_port_taken",
    "HN409": "workloads.hn409_cluster_host_name",
    "HN410": "workloads.hn410_host_port_differs",
    "HN411": "workloads.hn411_daemon_set_lands",
    "HN420": "pools.hn420_workloads_can_land",
    "HN421": "workloads.hn421_pod_security",
    "HN422": "workloads.hn422_stuck_roll_out",
    "HN423": "workloads.hn423_network_policy",
    "HN416": "workloads.hn416_immutable_template",
    "HN418": "workloads.hn418_tweak_of_affinity",
    "HN424": "workloads.hn424_network_chart",
    "HN425": "workloads.hn425_manifest_inside",
    "HN426": "workloads.hn426_guard_missing",
    "HN427": "workloads.hn427_tweak",
}
"""Rules that report, in `validate` only."""

REPORTED_BY_READER: Mapping[str, str] = {
    "HN901": "documents.hn901_not_parsable",
    "HN902": "documents.hn902_duplicate_key",
    "HN903": "documents.hn903_no_kind",
    "HN904": "documents.hn904_no_separator",
    "HN905": "documents.hn905_reformatted",
    "HN906": "documents.hn906_unused_suppression",
    "HN907": "documents.hn907_expired_suppression",
}
"""Reported while documents are read, or by the run as a whole: no rule checks an object for it."""
