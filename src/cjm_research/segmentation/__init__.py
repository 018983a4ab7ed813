"""Who the customers are: features, segments, portraits, RFM, the customer matrix."""

# Some functions have the name of their module: loaded here, the package's name is the function.
from cjm_research.segmentation.care import care_plans, due_for_contact
from cjm_research.segmentation.clusters import found_clusters
from cjm_research.segmentation.features import customer_features
from cjm_research.segmentation.grids import cuts_by
from cjm_research.segmentation.groupings import coverage, memberships
from cjm_research.segmentation.matrix import customer_matrix, place_customers
from cjm_research.segmentation.portraits import portraits
from cjm_research.segmentation.rfm import rfm, rfm_card, rfm_scores
from cjm_research.segmentation.rfm_moves import rfm_moves
from cjm_research.segmentation.rfm_table import rfm_table
from cjm_research.segmentation.roles import contact_roles

__all__ = [
    "care_plans",
    "contact_roles",
    "coverage",
    "customer_features",
    "customer_matrix",
    "cuts_by",
    "due_for_contact",
    "found_clusters",
    "memberships",
    "place_customers",
    "portraits",
    "rfm",
    "rfm_card",
    "rfm_moves",
    "rfm_scores",
    "rfm_table",
]
