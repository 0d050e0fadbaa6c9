//! `[[company]]` and `[links]`: who we are, and where the company itself knows more.

use serde::Deserialize;

/// Who we are to customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The name.
    pub name: String,
    /// The postal address in lines, the postcode in its last.
    pub address: Vec<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
    /// A web address.
    pub web: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanyTable {
    pub(super) name: String,
    #[serde(default)]
    pub(super) address: String,
    pub(super) postcode: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) web: Option<String>,
}

impl CompanyTable {
    pub(super) fn own(&self) -> Own {
        let parts = self.address.split(',').map(str::trim);
        let mut address: Vec<String> = parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        if let Some(postcode) = &self.postcode {
            match address.last_mut() {
                Some(town) => *town = format!("{town} {postcode}"),
                None => address.push(postcode.clone()),
            }
        }
        Own {
            name: self.name.clone(),
            address,
            email: self.email.clone(),
            phone: self.phone.clone(),
            web: self.web.clone(),
        }
    }
}

/// The company's own pages, where more is known of an order or a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// Of an order, by its number.
    pub order: Option<String>,
    /// Of a customer, by theirs.
    pub customer: Option<String>,
}

impl Links {
    pub(super) fn settle(self) -> Result<Self, String> {
        for (key, link) in [("order", &self.order), ("customer", &self.customer)] {
            let good = |link: &String| link.starts_with("http") && link.contains(NUMBER);
            if let Some(link) = link.as_ref().filter(|link| !good(link)) {
                return Err(format!(
                    "[links] {key} = '{link}': it is a web address with {NUMBER} where the number stands"
                ));
            }
        }
        Ok(self)
    }

    /// The page of a number; only letters, digits and dashes of that get into the address.
    pub fn page(link: &str, number: &str) -> String {
        let safe = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '-';
        link.replace(NUMBER, &number.chars().filter(safe).collect::<String>())
    }
}

/// What stands for the number.
const NUMBER: &str = "{number}";
